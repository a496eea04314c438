// The notebook that the test brings along: a model that is trained in seconds, and what can be touched of it.
const CELLS = {
  train: `import static trivium.Trivium.*;
import trivium.data.*;
import trivium.model.*;
import trivium.text.*;
import trivium.widget.*;
import java.nio.file.*;

var stories = Corpus.text(dataset("toytown/stories.txt"));
var pieces = Tokenizer.bpe(stories, 400);
var base = pretrain(Llama.of(256, 32, 1, 2, 1), pieces, stories).steps(30).seed(1).run();
var lessons = Conversations.read(dataset("toytown/instructions.jsonl")).limit(120);
var tuned = finetune(base, lessons).epochs(1).seed(1).run();`,
  slider: `var knob = Controls.slider("knob", 0, 10, 3);
var said = Controls.html("not touched");
knob.onChange(value -> said.set("the knob is at " + value));
Controls.column(knob, said)`,
  label: `label(lessons.prompts().subList(0, 8), Path.of("labels.jsonl"), tuned)`,
  chat: `chat(tuned)`,
  long: `var longer = pretrain(Llama.of(96, 32, 1, 2, 1), pieces, stories).steps(1_000_000).seed(2).run();
longer`,
  sum: `1 + 41`,
};

/** Where each cell is known by words of its own. */
export const WORDS = {
  train: 'Tokenizer.bpe(stories',
  slider: 'Controls.slider("knob"',
  label: 'label(lessons.prompts()',
  chat: 'chat(tuned)',
  long: 'var longer = pretrain',
  sum: '1 + 41',
};

export function touchingNotebook() {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'java', display_name: 'Java (Trivium)', language: 'java' } },
    cells: Object.entries(CELLS).map(([id, source]) => ({
      id,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  };
}
