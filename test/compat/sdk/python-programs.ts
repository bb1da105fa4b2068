import { pythonEnvironment } from '@partitura/testing';
import { join } from 'node:path';
import { suiteFolder, type SdkPrograms } from './programs.ts';

export async function preparePython(): Promise<SdkPrograms> {
  const folder = suiteFolder('python');
  const python = await pythonEnvironment(join(folder, 'requirements.txt'), (message) => console.log(message));
  // Without plug-ins that only happen to be installed: each of the processes would spend seconds on loading them.
  const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1' };
  const sideBySide = ['-p', 'xdist.plugin', '-n', '4', '--dist', 'worksteal'];
  return {
    workers: { command: [python, 'workers.py'], cwd: folder, env },
    cases: { command: [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...sideBySide], cwd: folder, env },
  };
}
