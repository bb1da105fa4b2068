import { preparePython } from './python-programs.ts';
import { describeSdk } from './suite.ts';

await describeSdk('python', "Conductor's official Python SDK, conductor-python", preparePython);
