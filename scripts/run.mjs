// `npm run demo`, `npm run example`, `npm test`, `npm run build`, `npm run bench` in → what they do out, on a machine
// that has only Node and npm. This file checks the Node version before it loads anything else, so it keeps to syntax
// that old versions can parse; the rest begins in commands.mjs.

const MAJOR = 20;
const MINOR = 19;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > MAJOR || (major === MAJOR && minor >= MINOR)) {
  import('./commands.mjs')
    .then(({ runCommand }) => runCommand(process.argv[2], process.argv.slice(3)))
    .then((code) => {
      process.exitCode = code;
    })
    .catch((/** @type {unknown} */ error) => {
      console.error(error);
      process.exitCode = 1;
    });
} else {
  console.error(
    `AgentWrit needs Node.js ${MAJOR}.${MINOR} or newer, and this is ${process.version}. ` +
      'Install a newer one from https://nodejs.org and run the command again.',
  );
  process.exitCode = 1;
}
