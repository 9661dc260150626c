// Plain JavaScript, because the declarations of @jest/test-sequencer hide its default export from ES modules.
import TestSequencer from '@jest/test-sequencer'

/** Runs the quick tests before those on real models and photographs, so that a plain mistake shows at once. */
export default class UnitTestsFirst extends TestSequencer {
  sort(tests) {
    const isIntegration = ({ path }) => path.endsWith('.integration.test.js')
    const usual = super.sort(tests)
    return [...usual.filter((test) => !isIntegration(test)), ...usual.filter(isIntegration)]
  }
}
