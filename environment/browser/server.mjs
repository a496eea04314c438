// A Jupyter server of the test's own: a free port, a token, empty settings, and a folder of notebooks that may be written to.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

const START_SECONDS = 90;
const END_SECONDS = 15;

/** Nobody is asked about news, in a corner where controls may be. */
const SETTINGS = { '@jupyterlab/apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false } };

/** @param server "jupyterlab" or "notebook", the Python module that is started */
export async function startServer(python, server, folder, scratch) {
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const log = join(scratch, `${server}.log`);
  for (const name of ['config', 'data', 'runtime']) {
    mkdirSync(join(scratch, name), { recursive: true });
  }
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const file = join(scratch, 'config', 'lab', 'user-settings', `${name}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
  }
  const out = openSync(log, 'w');
  const child = spawn(
    python,
    [
      '-m', server, '--no-browser', '--allow-root', `--port=${port}`, '--ServerApp.port_retries=0',
      `--IdentityProvider.token=${token}`, `--ServerApp.root_dir=${folder}`,
    ],
    {
      cwd: folder,
      detached: true, // a process group of its own, which can be ended as a whole
      stdio: ['ignore', out, out],
      env: {
        ...process.env,
        JUPYTER_CONFIG_DIR: join(scratch, 'config'),
        JUPYTER_DATA_DIR: join(scratch, 'data'),
        JUPYTER_RUNTIME_DIR: join(scratch, 'runtime'),
      },
    },
  );
  closeSync(out);
  const running = { url: `http://127.0.0.1:${port}`, token, log, child, ended: false };
  child.on('exit', () => (running.ended = true));
  endWithThisProcess(running);
  const deadline = Date.now() + 1000 * START_SECONDS;
  while (!(await answers(running))) {
    if (running.ended || Date.now() > deadline) {
      await stopServer(running);
      throw new Error(`Jupyter (${server}) did not start; its last words:\n${tail(log)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return running;
}

/** Asks it to end, with its kernels; kills what is left then. */
export async function stopServer(running) {
  signal(running, 'SIGTERM');
  const deadline = Date.now() + 1000 * END_SECONDS;
  while (!running.ended && Date.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  signal(running, 'SIGKILL');
}

/** To the server and all that it has started; nobody being left is fine. */
function signal(running, name) {
  try {
    process.kill(-running.child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}

function endWithThisProcess(running) {
  process.once('exit', () => running.ended || signal(running, 'SIGTERM'));
}

async function answers(running) {
  try {
    const response = await fetch(`${running.url}/api/status?token=${running.token}`);
    return response.ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function tail(file) {
  return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
}
