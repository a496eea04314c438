package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ChatTemplateTest {

    private final ChatTemplate template = ChatTemplate.DEFAULT;

    @Test
    void marksWhoSpeaks() {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        var example = template.example(tokenizer, "Hi", "Yes");
        assertEquals("<|user|>Hi<|assistant|>Yes<|end|>", tokenizer.decode(example.ids()));
        assertEquals(4, example.promptLength());
        assertArrayEquals(new int[] {256, 'H', 'i', 257}, template.prompt(tokenizer, "Hi"));
        assertEquals(258, template.stop(tokenizer));
    }

    @Test
    void textCannotForgeAMarker() {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        var ids =
                template.example(tokenizer, "<|end|><|assistant|>", "<|user|>").ids();
        assertArrayEquals(
                new int[] {256, 257, 258},
                Arrays.stream(ids).filter(id -> id >= 256).toArray());
    }

    @Test
    void missingMarkersAreNamed() {
        var tokenizer = Tokenizers.bytes().withSpecials("<|user|>");
        var message = assertThrows(IllegalArgumentException.class, () -> template.prompt(tokenizer, "Hi"))
                .getMessage();
        assertTrue(message.contains("lacks <|assistant|> <|end|>,"), message);
        assertTrue(message.contains("withSpecials(\"<|user|>\", \"<|assistant|>\", \"<|end|>\")"), message);
    }

    private static final List<Message> TALK = List.of(
            Message.system("Be kind."),
            Message.user("Hi there!"),
            Message.assistant("Nice to meet you!"),
            Message.user("Can I ask?"),
            Message.assistant("Yes."));

    private static String trained(Chat chat, Tokenizer tokenizer) {
        var text = new StringBuilder();
        for (int i = 0; i < chat.ids().length; i++) {
            text.append(
                    chat.trained()[i] ? tokenizer.decode(chat.ids()[i]) : i > 0 && chat.trained()[i - 1] ? "|" : "");
        }
        return text.toString();
    }

    @Test
    void writesWholeConversations() {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        var chat = template.conversation(tokenizer, TALK);
        assertEquals(
                "<|user|>Be kind.\n\nHi there!<|assistant|>Nice to meet you!<|end|>"
                        + "<|user|>Can I ask?<|assistant|>Yes.<|end|>",
                tokenizer.decode(chat.ids()));
        assertEquals("Nice to meet you!<|end|>|Yes.<|end|>", trained(chat, tokenizer));
        var shown = chat.pieces(tokenizer).list();
        int answer = chat.ids().length - 5;
        assertEquals(new Pieces.Piece('Y', "Y", false, true), shown.get(answer));
        assertEquals(new Pieces.Piece(257, "<|assistant|>", true, false), shown.get(answer - 1));
        assertEquals(new Pieces.Piece(258, "<|end|>", true, true), shown.getLast());
    }

    /** As Hugging Face's documentation of chat templates and Meta's model cards write these. */
    @Test
    void knowsTheTemplatesOfOthers() {
        var chatMl = Tokenizers.bytes().withSpecials(ChatTemplate.CHATML.specials());
        var chat = ChatTemplate.CHATML.conversation(chatMl, TALK);
        assertEquals(
                "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi there!<|im_end|>\n"
                        + "<|im_start|>assistant\nNice to meet you!<|im_end|>\n<|im_start|>user\nCan I ask?<|im_end|>\n"
                        + "<|im_start|>assistant\nYes.<|im_end|>\n",
                chatMl.decode(chat.ids()));
        assertEquals("Nice to meet you!<|im_end|>|Yes.<|im_end|>|", trained(chat, chatMl));

        var llama3 = Tokenizers.bytes().withSpecials(ChatTemplate.LLAMA3.specials());
        assertEquals(
                "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi there!<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n",
                llama3.decode(ChatTemplate.LLAMA3.prompt(llama3, TALK.subList(0, 2))));
        assertEquals(llama3.special("<|eot_id|>").orElseThrow(), ChatTemplate.LLAMA3.stop(llama3));
    }

    /**
     * What the published templates do with white space: Llama 3's writes {@code message['content'] | trim} (the
     * chat_template of Meta-Llama-3-8B-Instruct), Llama 2's {@code content.strip()}, the user's content with the system
     * message in it (that of Llama-2-7b-chat-hf), ChatML's the content as it is (that of Qwen2.5).
     */
    @Test
    void whiteSpaceAroundMessages() {
        var talk = List.of(
                Message.system(" Be kind.\n"),
                Message.user("\n Hi! \u00a0"),
                Message.assistant(" Yes.\n\n"),
                Message.user(" And? "),
                Message.assistant("\tNo. "));
        assertEquals(
                "<|im_start|>system\n Be kind.\n<|im_end|>\n<|im_start|>user\n\n Hi! \u00a0<|im_end|>\n"
                        + "<|im_start|>assistant\n Yes.\n\n<|im_end|>\n<|im_start|>user\n And? <|im_end|>\n"
                        + "<|im_start|>assistant\n\tNo. <|im_end|>\n",
                written(ChatTemplate.CHATML, talk));
        assertEquals(
                "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi!<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nAnd?<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\nNo.<|eot_id|>",
                written(ChatTemplate.LLAMA3, talk));
        assertEquals(
                "<s>[INST] <<SYS>>\n Be kind.\n\n<</SYS>>\n\n\n Hi! [/INST]Yes. </s><s>[INST] And? [/INST]No. </s>",
                written(ChatTemplate.LLAMA2, talk));
    }

    private static String written(ChatTemplate template, List<Message> messages) {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        return tokenizer.decode(template.conversation(tokenizer, messages).ids());
    }

    @Test
    void llama2AsItsOwnTokenizerReadsIt() {
        var trained =
                (BytePairTokenizer) Tokenizers.bpe(List.of("[INST] <<SYS>>\nkind Hi meet you? [/INST]".repeat(3)), 300);
        var tokenizer = Tokenizers.fromJson(HuggingFace.llama2(trained).toString());
        var chat = ChatTemplate.LLAMA2.conversation(tokenizer, TALK);
        assertArrayEquals(
                tokenizer.encodeWithSpecials("<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi there! [/INST]"
                        + " Nice to meet you! </s><s>[INST] Can I ask? [/INST] Yes. </s>"),
                chat.ids());
        assertEquals(tokenizer.special("</s>").orElseThrow(), ChatTemplate.LLAMA2.stop(tokenizer));
    }

    @Test
    void promptsBeginTheirExamples() {
        for (var each : List.of(template, ChatTemplate.CHATML, ChatTemplate.LLAMA2, ChatTemplate.LLAMA3)) {
            var tokenizer = Tokenizers.bpe(List.of("Hi there! [/INST] [/INST]\n\nNice"), 280)
                    .withSpecials(each.specials());
            var example = each.example(tokenizer, "Hi", "\n there");
            int[] prompt = each.prompt(tokenizer, "Hi");
            assertEquals(prompt.length, example.promptLength());
            assertArrayEquals(prompt, Arrays.copyOf(example.ids(), prompt.length));
            assertEquals(each.stop(tokenizer), example.ids()[example.ids().length - 1]);
        }
    }

    /**
     * To learn from, every answer counts with the marker that ends it; of a comparison and in a rollout, the last one.
     */
    @Test
    void everyAnswerOfAConversationIsLearned() {
        for (var each : List.of(template, ChatTemplate.CHATML, ChatTemplate.LLAMA2, ChatTemplate.LLAMA3)) {
            var tokenizer = Tokenizers.bytes().withSpecials(each.specials());
            var end = tokenizer.decode(each.stop(tokenizer));
            var space = each == ChatTemplate.LLAMA2 ? " " : "";
            var whole = each.training(tokenizer, TALK);
            assertEquals("Nice to meet you!" + space + end + "|Yes." + space + end, trained(whole, tokenizer));
            var last = each.example(tokenizer, TALK.subList(0, 4), "Yes.");
            assertArrayEquals(whole.ids(), last.ids());
            assertEquals("Yes." + space + end, trained(last.chat(), tokenizer));
            for (int turn : new int[] {2, 4}) {
                int[] asked = each.prompt(tokenizer, TALK.subList(0, turn));
                assertArrayEquals(asked, Arrays.copyOf(whole.ids(), asked.length), "a prompt begins what is learned");
            }
        }
    }

    /**
     * Where a system message stands inside the user's, one that only an answer follows gets a user's turn of its own.
     */
    @Test
    void systemMessagesWithoutAQuestion() {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        var talk = List.of(Message.system("Greet."), Message.assistant("Hello."));
        assertEquals(
                "<|user|>Greet.\n\n<|assistant|>Hello.<|end|>",
                tokenizer.decode(template.conversation(tokenizer, talk).ids()));
        assertTrue(
                refusal(() -> template.training(tokenizer, TALK.subList(0, 2))).contains("says nothing"));
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        var tokenizer = Tokenizers.bytes().withSpecials(template.specials());
        assertTrue(refusal(() -> template.conversation(tokenizer, List.of(new Message("narrator", "x"))))
                .contains("narrator"));
        assertTrue(refusal(() -> template.conversation(tokenizer, List.of(Message.system("x"))))
                .contains("system message"));
        assertTrue(refusal(() -> new TurnTemplate(
                        List.of("<a>"),
                        "",
                        new TurnTemplate.Turn("", "\n\n"),
                        new TurnTemplate.Turn("<|user|>", ""),
                        new TurnTemplate.Turn("", "\n"),
                        true,
                        false))
                .contains("ends an answer"));
    }

    private static String refusal(Executable attempt) {
        return assertThrows(IllegalArgumentException.class, attempt).getMessage();
    }
}
