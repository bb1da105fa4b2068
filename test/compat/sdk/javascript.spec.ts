import { prepareJavaScript } from './javascript-programs.ts';
import { describeSdk } from './suite.ts';

await describeSdk(
  'javascript',
  "Conductor's official JavaScript SDK, @io-orkes/conductor-javascript",
  prepareJavaScript,
);
