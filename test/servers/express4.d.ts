// Express 4 is installed under another name, beside Express 5; the types of 5 serve for what is used here.
declare module 'express4' {
  export { default } from 'express';
}
