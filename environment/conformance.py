"""Asks the kernel, as registered under the name java, what Jupyter's messaging protocol says a kernel does.

The cases are those of the package jupyter_kernel_test, with Java for each of them, and in the same style those that
it lacks: inspection, input, interrupts, and comms. Every message is held against the package's schemas.
`environment/lab conformance` runs it, all of it or the cases that are named; options are unittest's.
"""

import sys
import time
import unittest
from queue import Empty

import jupyter_kernel_test
from jupyter_kernel_test.msgspec_v5 import schema_fragments, validate_message

PATIENCE = 30  # seconds
SLIDER = """
import trivium.widget.*;
Controls.slider("temperature", 0, 2, 0.05, 1)
"""

# The package has no schemas for comms; these are from "Messaging in Jupyter", "Custom Messages".
for name in ["comm_open", "comm_msg", "comm_close"]:
    schema_fragments[name] = {
        "properties": {"comm_id": {"type": "string"}, "data": {"type": "object"}},
        "additionalProperties": name == "comm_open",
    }


def after(code, mark="|"):
    """The code without its mark, and where the mark stood."""
    at = code.index(mark)
    return code[:at] + code[at + 1 :], at


class TriviumKernelTests(jupyter_kernel_test.KernelTests):
    """The package's own cases."""

    kernel_name = "java"
    language_name = "Java"
    file_extension = ".java"

    code_hello_world = 'System.out.println("hello, world");'
    code_stderr = 'System.err.println("a warning");'
    code_generate_error = "int[] none = {}; none[0]"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": 'var greeting = "good " + "day"; greeting', "result": "good day"},
        {"code": "List.of(1, 2, 3)", "result": "[1, 2, 3]"},
    ]
    code_display_data = [
        {"code": 'display("shown");', "mime": "text/plain"},
        {"code": 'display("<b>shown</b>", "text/html");', "mime": "text/html"},
        {"code": "import trivium.widget.*; display(Controls.progress(\"steps\", 10));", "mime": "text/html"},
    ]
    code_history_pattern = "6 [*] ?"
    supported_history_operations = ("tail", "range", "search")
    completion_samples = [
        {"text": "Math.floorM", "matches": {"floorMod("}},
        {"text": "System.out.printl", "matches": {"println("}},
    ]
    complete_code_samples = ["1", "int x = 3;", "for (int i = 0; i < 3; i++) { i += 0; }", "record P(int x) {}", ""]
    incomplete_code_samples = ["int f(int x) {", "for (int i = 0; i < 3; i++) {", 'var text = """', "Math.max(1,"]
    invalid_code_samples = ["if )", ")"]
    code_inspect_sample = "Math.abs"
    code_clear_output = "clearOutput(true);"

    def setUp(self):
        self.flush_channels()

    # ---------------------------------------------------------------- what the cases below say to a kernel

    def reply(self, msg_id, msg_type, channel="shell"):
        get = self.kc.get_control_msg if channel == "control" else self.kc.get_shell_msg
        while True:
            message = get(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == msg_id:
                validate_message(message, msg_type, msg_id)
                return message["content"]

    def published(self, msg_id, msg_type):
        """The next message of this type that belongs to a request."""
        while True:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == msg_type:
                return message

    def until_idle(self, msg_id):
        messages = []
        while True:
            message = self.kc.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    return messages
            else:
                messages.append(message)

    def send(self, msg_type, content, channel="shell"):
        message = self.kc.session.msg(msg_type, content)
        getattr(self.kc, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def run_cell(self, code):
        cell = self.kc.execute(code)
        reply = self.reply(cell, "execute_reply")
        self.assertEqual(reply["status"], "ok", reply)
        return [m for m in self.until_idle(cell) if m["msg_type"] != "execute_input"]

    def result(self, code):
        for message in self.run_cell(code):
            if message["msg_type"] == "execute_result":
                return message["content"]["data"]["text/plain"]
        raise AssertionError(f"{code} has no result")

    # ---------------------------------------------------------------- completion

    def complete(self, marked):
        code, at = after(marked)
        return code, self.reply(self.kc.complete(code, at), "complete_reply")

    def test_completion_replaces_what_stands_there(self):
        for marked, word, replaced in [
            ("Math.floorM|", "floorMod(", "floorM"),
            ("int a = 1;\nMath.floorM|; int b = 2;", "floorMod(", "floorM"),
            ("/* 𝕏 */ Math.floorM|", "floorMod(", "floorM"),
            ("Integ|", "Integer", "Integ"),
        ]:
            with self.subTest(code=marked):
                code, content = self.complete(marked)
                self.assertIn(word, content["matches"])
                # Jupyter counts characters as Python does: a letter outside the first plane is one.
                self.assertEqual(code[content["cursor_start"] : content["cursor_end"]], replaced)

    # ---------------------------------------------------------------- inspection

    def inspect(self, marked):
        code, at = after(marked)
        content = self.reply(self.kc.inspect(code, at), "inspect_reply")
        return content["data"].get("text/plain", "") if content["found"] else ""

    def test_inspection(self):
        self.run_cell("import trivium.data.*; import trivium.run.*; import trivium.widget.*; import static trivium.Trivium.*;")
        for marked, *expected in [
            ("pretra|in(", "pretrain(", "in trivium.Trivium"),  # with its Javadoc
            ("Controls.slider(|", "slider(", "in trivium.widget.Controls"),
            ("Math.ab|s(1)", "abs(int", "abs(double"),  # all overloads
            ("Math.P|I", "Math.PI"),
            ("new StringBuil|der(", "StringBuilder(String", "StringBuilder(int"),
            ("new Label(|", "Label(String prompt, String first, String second, Verdict verdict)", "in trivium.data.Label"),
        ]:
            with self.subTest(code=marked):
                text = self.inspect(marked)
                for words in expected:
                    self.assertIn(words, text)

    def test_inspection_of_nothing(self):
        self.assertEqual(self.inspect("noSuchThing|"), "")

    # ---------------------------------------------------------------- errors

    def test_error_points_at_its_line(self):
        reply, outputs = self.execute_helper("int a = 1;\nint b = a / 0;")
        self.assertEqual(reply["content"]["ename"], "ArithmeticException")
        self.assertIn("int b = a / 0;", "\n".join(outputs[0]["content"]["traceback"]))

    def test_cells_after_an_error_do_not_run(self):
        self.run_cell("int ran = 0;")
        first = self.kc.execute("1 / (ran * 0)")
        second = self.kc.execute("ran = 1;")
        self.assertEqual(self.reply(first, "execute_reply")["status"], "error")
        self.assertEqual(self.reply(second, "execute_reply")["status"], "error")
        self.assertEqual(self.result("ran"), "0")

    # ---------------------------------------------------------------- interrupts

    def test_interrupt(self):
        for code in [
            "Thread.sleep(60_000);",
            "while (true) { }",
            "for (long i = 0; ; i++) { Math.sqrt(i); }",
            "new java.util.concurrent.CountDownLatch(1).await();",
        ]:
            with self.subTest(code=code):
                cell = self.kc.execute(code)
                time.sleep(0.3)
                asked = self.send("interrupt_request", {}, "control")
                self.assertEqual(self.reply(asked, "interrupt_reply", "control")["status"], "ok")
                reply = self.reply(cell, "execute_reply")
                self.assertEqual((reply["status"], reply["ename"]), ("error", "Interrupted"))
                self.assertEqual([m["msg_type"] for m in self.until_idle(cell)], ["execute_input", "error"])
                self.assertEqual(self.result("1 + 1"), "2")

    # ---------------------------------------------------------------- input

    def answer(self, code, *values):
        """Runs a cell that asks; gives these answers, and returns the questions and the messages that followed."""
        cell = self.kc.execute(code, allow_stdin=True)
        questions = []
        for value in values:
            question = self.kc.get_stdin_msg(timeout=PATIENCE)
            # Not by the package's schema, which takes "password" for a number: it is true or false.
            self.assertEqual(question["msg_type"], "input_request")
            self.assertEqual(question["parent_header"]["msg_id"], cell)
            self.assertIsInstance(question["content"]["password"], bool)
            questions.append(question["content"])
            self.kc.input(value)
        self.assertEqual(self.reply(cell, "execute_reply")["status"], "ok")
        return questions, self.until_idle(cell)

    def result_of(self, messages):
        return [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]

    def test_stdin(self):
        questions, messages = self.answer("new Scanner(System.in).nextLine()", "grüße 𝕏")
        self.assertFalse(questions[0]["password"])
        self.assertEqual(self.result_of(messages), ["grüße 𝕏"])

    def test_stdin_twice(self):
        code = "var in = new BufferedReader(new InputStreamReader(System.in)); in.readLine() + in.readLine()"
        _, messages = self.answer(code, "a", "b")
        self.assertEqual(self.result_of(messages), ["ab"])

    def test_stdin_with_a_prompt(self):
        questions, messages = self.answer('input("name? ") + password("secret? ")', "a", "b")
        self.assertEqual([q["prompt"] for q in questions], ["name? ", "secret? "])
        self.assertEqual([bool(q["password"]) for q in questions], [False, True])
        self.assertEqual(self.result_of(messages), ["ab"])

    def test_stdin_that_nobody_answers_ends(self):
        cell = self.kc.execute("System.in.read()", allow_stdin=False)
        self.assertEqual(self.reply(cell, "execute_reply")["status"], "ok")
        self.assertEqual(self.result_of(self.until_idle(cell)), ["-1"])

    # ---------------------------------------------------------------- displays

    def test_a_display_is_updated(self):
        outputs = self.run_cell('var id = display("one"); updateDisplay(id, "two");')
        self.assertEqual([m["msg_type"] for m in outputs], ["display_data", "update_display_data"])
        one, two = (m["content"] for m in outputs)
        self.assertEqual(one["transient"]["display_id"], two["transient"]["display_id"])
        self.assertEqual(two["data"]["text/plain"], "two")

    def test_silent_cells_publish_nothing_and_do_not_count(self):
        before, _ = self.execute_helper("1")
        cell = self.kc.execute("2", silent=True)
        self.reply(cell, "execute_reply")
        self.assertEqual(self.until_idle(cell), [])
        after_it, _ = self.execute_helper("3")
        self.assertEqual(after_it["content"]["execution_count"], before["content"]["execution_count"] + 1)

    # ---------------------------------------------------------------- comms

    def test_a_control_is_a_comm(self):
        cell = self.kc.execute(SLIDER)
        opened = [m for m in self.until_idle(cell) if m["msg_type"] == "comm_open"]
        self.assertTrue(opened)
        for message in opened:
            self.assertEqual(message["content"]["target_name"], "jupyter.widget")
            self.assertEqual(message["metadata"]["version"].split(".")[0], "2")
        names = {m["content"]["data"]["state"]["_model_name"] for m in opened}
        self.assertIn("FloatSliderModel", names)
        ids = {m["content"]["comm_id"] for m in opened}
        listed = self.reply(self.send("comm_info_request", {"target_name": "jupyter.widget"}), "comm_info_reply")
        self.assertLessEqual(ids, set(listed["comms"]))
        none = self.reply(self.send("comm_info_request", {"target_name": "no.such.target"}), "comm_info_reply")
        self.assertEqual(none["comms"], {})

    def test_a_page_that_is_loaded_anew_asks_for_all_states(self):
        self.run_cell(SLIDER)
        self.send(
            "comm_open", {"comm_id": "page", "target_name": "jupyter.widget.control", "data": {}}
        )
        asked = self.send("comm_msg", {"comm_id": "page", "data": {"method": "request_states"}})
        answer = self.published(asked, "comm_msg")["content"]
        self.assertEqual(answer["comm_id"], "page")
        self.assertEqual(answer["data"]["method"], "update_states")
        sliders = [s for s in answer["data"]["states"].values() if s["model_name"] == "FloatSliderModel"]
        self.assertEqual(sliders[0]["state"]["value"], 1)

    def test_a_target_that_nobody_knows_is_closed(self):
        asked = self.send("comm_open", {"comm_id": "stray", "target_name": "no.such.target", "data": {}})
        self.assertEqual(self.published(asked, "comm_close")["content"]["comm_id"], "stray")

    def test_a_message_to_a_comm_that_nobody_opened_is_ignored(self):
        asked = self.send("comm_msg", {"comm_id": "nobody", "data": {"method": "update", "state": {"value": 1}}})
        self.until_idle(asked)
        self.assertEqual(self.result("1 + 1"), "2")

    # ---------------------------------------------------------------- the kernel itself

    def test_a_request_of_an_unknown_type_does_no_harm(self):
        self.send("no_such_request", {})
        with self.assertRaises(Empty):
            self.kc.get_shell_msg(timeout=0.3)
        self.assertEqual(self.result("1 + 1"), "2")

    def test_kernel_info_on_the_control_channel(self):
        asked = self.send("kernel_info_request", {}, "control")
        self.assertEqual(self.reply(asked, "kernel_info_reply", "control")["language_info"]["name"], "Java")


def main(arguments):
    cases = unittest.defaultTestLoader.getTestCaseNames(TriviumKernelTests)
    unknown = [each for each in arguments if not each.startswith("-") and each not in cases]
    if unknown:
        print(f"conformance: there is no case {unknown[0]}; there are {', '.join(cases)}.", file=sys.stderr)
        return 2
    class_name = TriviumKernelTests.__name__
    unittest.main(
        verbosity=2, argv=["conformance", *(f"{class_name}.{each}" if each in cases else each for each in arguments)]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
