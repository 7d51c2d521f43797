import { defineConfig } from 'vitest/config';

// Tests of one package lie beside it; tests that cross package borders lie in test/. Packages are imported
// by name and so as built: `npm test` builds first.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    // What tests provoke on purpose looks like a fault in the log of a run that passes.
    execArgv: ['--no-warnings'],
  },
});
