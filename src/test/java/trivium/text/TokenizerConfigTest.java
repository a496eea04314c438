package trivium.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which transformers has written {@code tokenizer_config.json} and the files beside it. */
class TokenizerConfigTest {

    @TempDir
    Path folder;

    private TokenizerConfig read(String config) throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), config.replace('\'', '"'));
        return TokenizerConfig.read(folder);
    }

    @Test
    void tokensAreTextsOrObjects() throws IOException {
        var llama = read("""
                {'add_bos_token': true, 'add_eos_token': false, 'pad_token': null, 'chat_template': '{{ messages }}',
                 'bos_token': {'__type': 'AddedToken', 'content': '<s>', 'lstrip': false, 'normalized': true},
                 'eos_token': '</s>', 'model_max_length': 1000000000000000019884624838656}""");
        assertEquals("<s>", llama.tokens().get("bos_token"));
        assertEquals("</s>", llama.tokens().get("eos_token"));
        assertNull(llama.tokens().get("pad_token"));
        assertEquals(Optional.of(true), llama.addBosToken());
        assertEquals(Optional.of(false), llama.addEosToken());
        assertEquals(Optional.of("{{ messages }}"), llama.chatTemplate());
    }

    @Test
    void theMapNamesTokensThatTheConfigDoesNot() throws IOException {
        Files.writeString(folder.resolve("special_tokens_map.json"), """
                {"bos_token": "<b>", "eos_token": {"content": "<e>"}, "unk_token": "<u>"}""");
        var config = read("{'bos_token': '<s>', 'add_bos_token': null}");
        assertEquals("<s>", config.tokens().get("bos_token"));
        assertEquals("<e>", config.tokens().get("eos_token"));
        assertEquals("<u>", config.tokens().get("unk_token"));
        assertEquals(Optional.empty(), config.addBosToken());
    }

    @Test
    void templatesHaveNamesOrAFile() throws IOException {
        var list = "{'chat_template': [{'name': 'tool_use', 'template': 'T'}, {'name': 'default', 'template': 'D'}]}";
        assertEquals(Optional.of("D"), read(list).chatTemplate());
        assertEquals("T", read(list).chatTemplates().get("tool_use"));
        Files.writeString(folder.resolve("chat_template.jinja"), "F\n");
        assertEquals(Optional.of("F\n"), read(list).chatTemplate());
        assertEquals("T", read(list).chatTemplates().get("tool_use"));
    }

    @Test
    void anEmptyFolderSaysNothing() {
        assertEquals(Map.of(), TokenizerConfig.read(folder).tokens());
        assertEquals(Optional.empty(), TokenizerConfig.read(folder).chatTemplate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{'bos_token': 1}",
                "{'bos_token': {'lstrip': true}}",
                "{'bos_token': ['<s>']}",
                "{'add_bos_token': 'yes'}",
                "{'chat_template': 5}",
                "{'chat_template': ['D']}",
                "{'chat_template': [{'name': 'default'}]}",
                "{'bos_token': ",
                "null"
            })
    void anythingElseIsNamed(String config) {
        var message =
                assertThrows(IllegalArgumentException.class, () -> read(config)).getMessage();
        assertTrue(message.contains("tokenizer_config.json") && message.lines().count() == 1, message);
    }
}
