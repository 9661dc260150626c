/** Seconds of processor time that this process has used: how much was done, however busy the machine is. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
