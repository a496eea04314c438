// node main.mjs [--lab|--notebook] [--headed]: notebooks in a real browser, driven as a reader would.
// environment/lab browser sets PYTHON, CHROMIUM, NOTEBOOKS and SCRATCH; pictures of the page go to SCRATCH.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import * as journeys from './journeys.mjs';
import { NotebookPage } from './notebook-page.mjs';
import { startServer, stopServer } from './server.mjs';
import { WORDS, touchingNotebook } from './touching.mjs';

const { PYTHON, CHROMIUM, NOTEBOOKS, SCRATCH } = process.env;
const NAMES = { jupyterlab: 'JupyterLab', notebook: 'Notebook' };

const arguments_ = process.argv.slice(2);
const frontEnds = arguments_.includes('--lab') ? ['jupyterlab'] : arguments_.includes('--notebook') ? ['notebook'] : Object.keys(NAMES);
const headless = !arguments_.includes('--headed');

/** The notebooks of a front end and what is done in each, in order. */
const TOURS = [
  {
    file: '00-three-phases.ipynb',
    first: async () => {},
    journeys: ['runsAll', 'playAnswers', 'playSurvivesReload'],
  },
  {
    file: 'touching.ipynb',
    first: notebook => notebook.run(WORDS.load),
    journeys: ['sliderSurvivesReload', 'explores', 'figureTells', 'labelsFive', 'chatsTwice', 'chatsByEnter', 'stopsTraining', 'restarts', 'pictureStays'],
  },
];

async function tour(browser, frontEnd, shots) {
  const folder = mkdtempSync(join(tmpdir(), 'trivium-browser-'));
  cpSync(NOTEBOOKS, folder, { recursive: true, filter: path => !/\/(runs|\.ipynb_checkpoints)$/.test(path) });
  writeFileSync(join(folder, 'touching.ipynb'), JSON.stringify(touchingNotebook()));
  let failures = 0;
  let server;
  try {
    server = await startServer(PYTHON, frontEnd, folder, SCRATCH);
    for (const { file, first, journeys: names } of TOURS) {
      const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
      const notebook = new NotebookPage(await context.newPage(), server, folder, frontEnd, file);
      const failed = await visit(notebook, shots, first, names);
      failures += failed;
      await context.close();
    }
  } finally {
    if (server) {
      await stopServer(server);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return failures;
}

/** The journeys of one notebook; the first that fails ends them, for those after it stand on it. */
async function visit(notebook, shots, first, names) {
  const shot = name => notebook.page.screenshot({ path: join(shots, `${name}.png`) });
  let name = 'opens';
  try {
    await notebook.open();
    await first(notebook);
    for (name of names) {
      const started = Date.now();
      const seen = await journeys[name](notebook, shot);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`  ok    ${NAMES[notebook.frontEnd].padEnd(10)}  ${name.padEnd(20)} ${seconds.padStart(5)} s  ${seen}`);
    }
    return 0;
  } catch (error) {
    const picture = join(shots, `failed-${name}.png`);
    await notebook.page.screenshot({ path: picture }).catch(() => {});
    const said = error.message.split('\nCall log:')[0].trim();
    console.log(`  FAIL  ${NAMES[notebook.frontEnd].padEnd(10)}  ${name} in ${notebook.file}\n  ${said}\n  picture:  ${picture}`);
    return 1;
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => process.exit(130));
}
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  headless,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
console.log(`Chromium ${browser.version()}`);
for (const name of ['config', 'data', 'runtime']) {
  rmSync(join(SCRATCH, name), { recursive: true, force: true }); // of an earlier time
}
let failures = 0;
try {
  for (const frontEnd of frontEnds) {
    const shots = join(SCRATCH, frontEnd);
    rmSync(shots, { recursive: true, force: true });
    mkdirSync(shots, { recursive: true });
    failures += await tour(browser, frontEnd, shots);
  }
} finally {
  await browser.close();
}
console.log(failures === 0 ? `All is well; pictures are in ${SCRATCH}.` : `${failures} failed; pictures are in ${SCRATCH}.`);
process.exit(failures === 0 ? 0 : 1);
