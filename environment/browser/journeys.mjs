// What a reader does, step by step; each journey answers in a few words what it saw.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unexpected } from './notebook-page.mjs';
import { WORDS } from './touching.mjs';

const PLAY = 'play(exam.get(0)';

/** Notebook 00, all cells, and not one that failed. */
export async function runsAll(notebook, shot) {
  await notebook.runAll();
  await notebook.finished(300);
  const { cells } = await notebook.save();
  const code = cells.filter(cell => cell.cell_type === 'code');
  const failed = code.find(cell => cell.outputs.some(output => output.output_type === 'error'));
  if (failed) {
    throw new Unexpected('no cell that fails', `an error below "${[failed.source].flat().join('').slice(0, 80)}"`);
  }
  await notebook.show(PLAY);
  await shot('all-run');
  return `${code.length} cells ran`;
}

/** A slider of play is dragged, and what the models write becomes something else. */
export async function playAnswers(notebook, shot) {
  const cell = notebook.cell(PLAY);
  const before = await settled(notebook, cell);
  await shot('play-before');
  await notebook.drag(cell, 'temperature', 0.9);
  const temperature = await notebook.sliderValue(cell, 'temperature');
  await notebook.eventually('another completion after the temperature was changed', 30_000, async () => {
    const now = await notebook.says(cell);
    return [now !== before && !now.includes('…'), now === before ? 'the same completion' : 'one that is still being written'];
  });
  await shot('play-after');
  return `at temperature ${temperature} the models write something else`;
}

/** Waits until nothing is being written any more; answers what stands there. */
async function settled(notebook, cell) {
  return notebook.eventually('a completion that is finished', 30_000, async () => {
    const now = await notebook.says(cell);
    return [now.length > 0 && !now.includes('…') && now, now.slice(0, 80) || 'nothing'];
  });
}

/** After a reload the slider stands where it was put and the text is what it was, and both still answer. */
export async function playSurvivesReload(notebook, shot) {
  const before = await settled(notebook, notebook.cell(PLAY));
  const temperature = await notebook.sliderValue(notebook.cell(PLAY), 'temperature');
  await notebook.save();
  await notebook.reload();
  const cell = await notebook.show(PLAY);
  await notebook.eventually('the controls as they were', 30_000, async () => {
    const now = (await notebook.says(cell)) || 'nothing';
    return [now === before, `${now.length} characters that begin with ${now.slice(0, 80)}`];
  });
  await notebook.eventually(`the slider at ${temperature}`, 5_000, async () => {
    const now = await notebook.sliderValue(cell, 'temperature');
    return [now === temperature, now];
  });
  await shot('play-reloaded');
  return `temperature ${temperature} and the completions are there after a reload`;
}

/**
 * A figure with controls tells the datum under the pointer; one that a control has drawn does so too, and shows one
 * series alone after a click on the legend, also when it is drawn anew.
 */
export async function explores(notebook, shot) {
  await notebook.run(WORDS.explore);
  const cell = notebook.cell(WORDS.explore);
  const figure = cell.locator('.widget-html-content');
  await tells(notebook, figure, 0.75, /^step: \d+ rising: \d+$/);
  await notebook.choose(cell, 'y', 'falling');
  await tells(notebook, figure, 0.75, /^step: \d+ falling: −\d+$/);
  await notebook.choose(cell, 'colour', 'run');
  const told = await tells(notebook, figure, 0.75, /^second step: \d+ falling: −\d+$/);
  await shot('explored');
  await notebook.point(figure.locator('img'), 0.06, 0.12); // the first entry of the legend
  await notebook.page.mouse.down();
  await notebook.page.mouse.up();
  await tells(notebook, figure, 0.75, /^first step: 39 falling: −78$/);
  await shot('explored-alone');
  await notebook.choose(cell, 'y', 'rising');
  await tells(notebook, figure, 0.75, /^first step: 39 rising: 117$/); // alone in the figure that was drawn anew, too
  return `the figure of the columns that were chosen tells "${told}"`;
}

/** A figure that a cell shows without controls tells the datum under the pointer. */
export async function figureTells(notebook, shot) {
  await notebook.run(WORDS.figure);
  const figure = notebook.cell(WORDS.figure).locator('.jp-OutputArea-output');
  const told = await tells(notebook, figure, 0.3, /^only step: \d+ falling: −\d+$/);
  await shot('figure');
  return `the figure tells "${told}"`;
}

/** Holds the pointer over the picture, halfway down, until it tells something like this; answers what. */
async function tells(notebook, figure, across, pattern) {
  return notebook.eventually(`a figure that tells ${pattern}`, 15_000, async () => {
    await notebook.page.mouse.move(0, 0);
    await notebook.point(figure.locator('img'), across, 0.55).catch(() => {}); // it is just being drawn anew
    const now = (await figure.allInnerTexts()).join(' ').replace(/\s+/g, ' ').trim();
    return [pattern.test(now) && now, now || 'nothing'];
  });
}

/** Five pairs are labelled, by buttons and by a key, and are lines in the file at once. */
export async function labelsFive(notebook, shot) {
  await notebook.run(WORDS.label);
  const cell = notebook.cell(WORDS.label);
  const file = join(notebook.folder, 'labels.jsonl');
  const said = ['1 is better', '2 is better', '1 is better', '2 is better', 'key'];
  for (let i = 0; i < said.length; i++) {
    await asks(notebook, cell, i + 1);
    if (said[i] === 'key') {
      await notebook.field(cell, 'or type').click();
      await notebook.page.keyboard.press('1');
    } else {
      await notebook.press(cell, said[i]);
    }
    await notebook.eventually(`${i + 1} lines in labels.jsonl`, 10_000, async () => {
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
      return [lines.length === i + 1, `${lines.length} lines`];
    });
  }
  await asks(notebook, cell, said.length + 1);
  const labels = readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line));
  const whole = labels.every(label => 'prompt' in label && 'chosen' in label && 'rejected' in label);
  if (!whole) {
    throw new Unexpected('lines of prompt, chosen and rejected', JSON.stringify(labels[0]));
  }
  await shot('labelled');
  return 'five pairs are five lines in labels.jsonl';
}

/** Waits for a pair. */
async function asks(notebook, cell, number) {
  await notebook.eventually(`pair ${number} to be asked`, 30_000, async () => {
    const now = await notebook.says(cell);
    return [now.includes(`prompt ${number} of`), now.slice(0, 80) || 'nothing'];
  });
}

/** Two turns, and both stand in the conversation with their answers. */
export async function chatsTwice(notebook, shot) {
  await notebook.run(WORDS.chat);
  const cell = notebook.cell(WORDS.chat);
  await notebook.drag(cell, 'tokens at most', 0.08); // so that both turns fit into the model's context
  for (const [i, words] of ['Lily picked up a cake. Who had the cake?', 'Write a story about Finn.'].entries()) {
    await notebook.field(cell, 'you').fill(words);
    await notebook.press(cell, 'send');
    await notebook.eventually(`answer ${i + 1}`, 30_000, async () => {
      const now = await notebook.says(cell);
      const answers = now.split('assistant').length - 1;
      return [now.includes(words) && answers === i + 1 && !now.includes('…'), now || 'an empty conversation'];
    });
  }
  await shot('chatted');
  return 'two turns with their answers';
}

/** What is typed is sent by Enter: once, whole, and the field is empty again; Enter in an empty field sends nothing. */
export async function chatsByEnter(notebook, shot) {
  const words = 'Write a story about Finn.';
  await notebook.run(WORDS.chat); // a conversation of its own
  const cell = notebook.cell(WORDS.chat);
  const field = notebook.field(cell, 'you');
  await field.click();
  await notebook.page.keyboard.type(words);
  await notebook.page.keyboard.press('Enter');
  await notebook.eventually('an answer to what was typed', 30_000, async () => {
    const now = await notebook.says(cell);
    return [now.includes(words) && now.includes('assistant') && !now.includes('…'), now || 'an empty conversation'];
  });
  await notebook.eventually('an empty field', 5_000, async () => [(await field.inputValue()) === '', await field.inputValue()]);
  await field.press('Enter');
  await notebook.page.waitForTimeout(1000); // for what should not come
  const all = await notebook.says(cell);
  const turns = [all.split('user').length - 1, all.split('assistant').length - 1];
  if (turns.join() !== '1,1') {
    throw new Unexpected('one turn and its answer', all);
  }
  await shot('chatted-by-enter');
  return 'Enter sends what was typed, once';
}

/** A training of a million steps is ended by its button, and the cell goes on to show what was learned. */
export async function stopsTraining(notebook, shot) {
  await notebook.start(WORDS.long);
  const cell = notebook.cell(WORDS.long);
  const stop = notebook.button(cell, /stop/);
  await stop.waitFor({ timeout: 30_000 });
  await stop.scrollIntoViewIfNeeded();
  await notebook.page.waitForTimeout(1500); // a few steps
  await shot('training');
  await notebook.press(cell, /stop/);
  await notebook.eventually('the cell to end after its button was pressed', 30_000, async () => {
    const prompt = await notebook.prompt(WORDS.long);
    return [/\[\d+\]/.test(prompt), `its prompt is ${prompt}`];
  });
  const card = await cell.locator('.jp-OutputArea').innerText();
  if (!/button/.test(card)) {
    throw new Unexpected('a card that says that a button ended the training', card.slice(0, 400));
  }
  await shot('training-stopped');
  return 'a training of a million steps ended at its button';
}

/** A slider answers, and after a reload it stands where it was put and answers again. */
export async function sliderSurvivesReload(notebook, shot) {
  await notebook.run(WORDS.slider);
  await moveKnob(notebook, 0.8);
  await notebook.save();
  await notebook.reload();
  const cell = await notebook.show(WORDS.slider);
  await notebook.eventually('the slider at 8', 30_000, async () => {
    const shown = await notebook.slider(cell, 'knob').count();
    const now = shown ? `${await notebook.sliderValue(cell, 'knob')}, ${await notebook.says(cell)}` : 'no slider';
    return [/^8, the knob is at 8/.test(now), now];
  });
  await shot('slider-reloaded');
  await moveKnob(notebook, 0.2);
  return 'a slider stands where it was put after a reload, and answers again';
}

async function moveKnob(notebook, share) {
  const cell = notebook.cell(WORDS.slider);
  await notebook.drag(cell, 'knob', share);
  await notebook.eventually(`the knob to be at ${10 * share}`, 10_000, async () => {
    const now = await notebook.says(cell);
    return [now.includes(`the knob is at ${10 * share}`), now];
  });
}

/** The kernel is started anew: it counts from 1, and controls that are made then answer. */
export async function restarts(notebook, shot) {
  await notebook.restartKernel();
  const number = await notebook.run(WORDS.sum);
  await shot('restarted-old-controls');
  const output = (await notebook.cell(WORDS.sum).locator('.jp-OutputArea-output').innerText()).trim();
  if (number !== 1 || output !== '42') {
    throw new Unexpected('cell [1] with 42', `cell [${number}] with ${output}`);
  }
  await notebook.run(WORDS.load);
  await notebook.run(WORDS.slider);
  await moveKnob(notebook, 0.6);
  await shot('restarted');
  return 'after a restart the kernel counts from 1, and a slider answers';
}

/** Where the model of a control is gone, the picture of its last state stands there, and no word of the model. */
export async function pictureStays(notebook, shot) {
  await notebook.save();
  await notebook.reload();
  const cell = await notebook.show(WORDS.chat);
  const seen = () => cell.locator('.jp-OutputArea').innerText();
  await notebook.page.waitForTimeout(3000); // until the page has given the model up
  await notebook.eventually('the conversation and not a word of a model', 15_000, async () => {
    const now = await seen();
    return [/assistant/.test(now) && !/model not found|Loading widget/.test(now), now];
  });
  await shot('picture-stays');
  return 'a control of the kernel that was is its last picture';
}
