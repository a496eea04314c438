// What a reader does with a notebook in JupyterLab 4 and Notebook 7, which are built of the same parts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where each front end shows a notebook. */
const ADDRESS = {
  jupyterlab: file => `lab/tree/${file}`,
  notebook: file => `notebooks/${file}`,
};

/** What was expected and what was seen, in two lines. */
export class Unexpected extends Error {
  constructor(expected, seen) {
    super(`expected: ${expected}\n  seen:     ${seen}`);
  }
}

export class NotebookPage {
  /** @param page of Playwright @param folder where the server's notebooks lie @param frontEnd a key of ADDRESS */
  constructor(page, server, folder, frontEnd, file) {
    Object.assign(this, { page, server, folder, frontEnd, file });
  }

  /** With nothing else open, whatever was before. */
  async open() {
    await this.page.goto(`${this.server.url}/${ADDRESS[this.frontEnd](this.file)}?reset&token=${this.server.token}`);
    await this.ready();
  }

  /** The page anew, as a reader's F5 does it: what it shows comes from the saved file and from the kernel. */
  async reload() {
    await this.page.reload();
    await this.ready();
  }

  /**
   * Waits for a kernel that is idle and to which this page is connected: JupyterLab asks who runs a cell before that
   * which kernel it shall be.
   */
  async ready() {
    await this.notebook().locator('.jp-CodeCell').first().waitFor({ timeout: 60_000 });
    await this.eventually('an idle kernel that this page knows', 90_000, async () => {
      const name = await this.page.locator('.jp-KernelName:visible').first().innerText({ timeout: 5_000 }).catch(() => 'none');
      const kernel = await this.kernel();
      return [
        /Trivium/.test(name) && kernel?.execution_state === 'idle' && kernel.connections > 0,
        `kernel "${name}", ${kernel ? `${kernel.execution_state}, ${kernel.connections} connections` : 'not started'}`,
      ];
    });
  }

  /** What the server says of this notebook's kernel; undefined if it has none. */
  async kernel() {
    const response = await fetch(`${this.server.url}/api/sessions?token=${this.server.token}`);
    return (await response.json()).find(session => session.path === this.file)?.kernel;
  }

  notebook() {
    return this.page.locator('.jp-NotebookPanel:visible');
  }

  /** The code cell whose source has these words. */
  cell(words) {
    return this.notebook()
      .locator('.jp-CodeCell')
      .filter({ has: this.page.locator('.jp-InputArea', { hasText: words }) })
      .first();
  }

  /** Scrolls down to a cell, with the wheel: a cell far below is only put on the page once it comes near. */
  async show(words) {
    const cell = this.cell(words);
    const box = await this.notebook().boundingBox();
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.eventually(`a cell with "${words}"`, 30_000, async () => {
      if ((await cell.count()) > 0) {
        return [true];
      }
      await this.page.mouse.wheel(0, 3000);
      return [false, 'none, scrolled to the end'];
    });
    await cell.scrollIntoViewIfNeeded();
    return cell;
  }

  async menu(title, item) {
    await this.page.locator('.lm-MenuBar-item', { hasText: new RegExp(`^${title}$`) }).first().click();
    await this.page.locator('.lm-Menu-item:visible', { hasText: item }).first().click();
  }

  async runAll() {
    await this.menu('Run', /^Run All Cells/);
  }

  /** Waits until the last code cell has run. */
  async finished(seconds) {
    const last = this.notebook().locator('.jp-CodeCell').last();
    await this.eventually('the last cell to have run', 1000 * seconds, async () => {
      const prompt = await last.locator('.jp-InputPrompt').innerText();
      return [/\[\d+\]/.test(prompt), `the last cell's prompt is ${prompt || 'empty'}`];
    });
  }

  /** Runs one cell by Ctrl+Enter without waiting for it. */
  async start(words) {
    const cell = await this.show(words);
    await cell.locator('.cm-content').first().click();
    await this.page.keyboard.press('Control+Enter');
  }

  /** Runs one cell and waits for its number; the number is answered. */
  async run(words, seconds = 60) {
    const before = await this.prompt(words);
    await this.start(words);
    return this.eventually(`the cell "${words}" to have run`, 1000 * seconds, async () => {
      const prompt = await this.prompt(words);
      return [/\[\d+\]/.test(prompt) && prompt !== before && Number(prompt.match(/\d+/)[0]), `its prompt is ${prompt}`];
    });
  }

  async prompt(words) {
    return this.cell(words).locator('.jp-InputPrompt').first().innerText();
  }

  async restartKernel() {
    await this.menu('Kernel', /^Restart Kernel…/);
    await this.page.locator('.jp-Dialog button.jp-mod-accept').click();
    await this.page.waitForTimeout(500); // until the front end knows that the kernel is no longer what it was
    await this.ready();
  }

  /** Saves; answers what is in the file then. */
  async save() {
    await this.page.keyboard.press('Escape');
    await this.menu('File', /^Save (Notebook|All)?/);
    await this.page.waitForTimeout(1000);
    return this.saved();
  }

  saved() {
    return JSON.parse(readFileSync(join(this.folder, this.file), 'utf8'));
  }

  /** A slider's control, by its label, among those of a cell. */
  slider(cell, label) {
    return cell.locator('.widget-slider, .widget-hslider').filter({ hasText: label }).first();
  }

  async sliderValue(cell, label) {
    return (await this.slider(cell, label).locator('.widget-readout').innerText()).trim();
  }

  /** Drags a slider to a share of its length. */
  async drag(cell, label, share) {
    const slider = this.slider(cell, label);
    await slider.scrollIntoViewIfNeeded();
    const handle = await slider.locator('.noUi-handle').boundingBox();
    const line = await slider.locator('.noUi-base').boundingBox();
    await this.page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(line.x + share * line.width, handle.y + handle.height / 2, { steps: 8 });
    await this.page.mouse.up();
  }

  button(cell, label) {
    return cell.locator('button.jupyter-button', { hasText: label }).first();
  }

  async press(cell, label) {
    const button = this.button(cell, label);
    await button.scrollIntoViewIfNeeded();
    await button.click();
  }

  /** A text field by its label. */
  field(cell, label) {
    return cell.locator('.widget-text, .widget-textarea').filter({ hasText: label }).locator('input, textarea').first();
  }

  /** Chooses one of a list by its words. */
  async choose(cell, label, words) {
    await cell.locator('.widget-dropdown').filter({ hasText: label }).locator('select').first().selectOption(words);
  }

  /** Points at a share of a picture's width and height. */
  async point(picture, across, down) {
    await picture.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await picture.boundingBox();
    await this.page.mouse.move(x + across * width, y + down * height, { steps: 3 });
  }

  /** What the controls of a cell say, sliders' numbers left out; a page gives no text of what is far out of its sight. */
  async says(cell) {
    await cell.scrollIntoViewIfNeeded();
    const texts = await cell.locator('.jp-OutputArea-output .widget-html-content').allInnerTexts();
    return texts.join('\n');
  }

  /**
   * Asks again until it is so.
   * @param look answers [what is wanted or something false, what was seen]
   */
  async eventually(expected, milliseconds, look) {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const [found, seen] = await look();
      if (found) {
        return found;
      }
      if (Date.now() > deadline) {
        throw new Unexpected(`${expected} within ${milliseconds / 1000} s`, seen);
      }
      await this.page.waitForTimeout(150);
    }
  }
}
