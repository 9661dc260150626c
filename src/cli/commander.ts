import commander = require('commander')

/** What is used of commander, which is loaded here alone: its module for `import` takes twice as long. */
export const { Command, CommanderError, InvalidArgumentError, Option } = commander
export type Command = commander.Command
export type CommanderError = commander.CommanderError
export type Option = commander.Option
