// Stands for content-disposition in tests, an ES module that a CommonJS module requires: the host's own.
module.exports = (globalThis as unknown as { hostRequire: (name: string) => unknown }).hostRequire(
  'content-disposition',
)
