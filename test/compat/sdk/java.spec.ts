import { prepareJava } from './java-programs.ts';
import { describeSdk } from './suite.ts';

await describeSdk('java', "Conductor's official Java client and SDK, conductor-client and java-sdk", prepareJava);
