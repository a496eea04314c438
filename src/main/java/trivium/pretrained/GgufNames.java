package trivium.pretrained;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.pretrained.TensorMap.Piece;
import trivium.pretrained.TensorMap.Tensor;

/**
 * What llama.cpp calls the tensors that transformers has ({@code gguf-py/gguf/tensor_mapping.py}), and in which order
 * it wants their rows.
 */
final class GgufNames {

    private static final Map<String, String> WHOLE = Map.ofEntries(
            Map.entry("model.embed_tokens", "token_embd"),
            Map.entry("model.norm", "output_norm"),
            Map.entry("lm_head", "output"),
            Map.entry("transformer.wte", "token_embd"),
            Map.entry("transformer.wpe", "position_embd"),
            Map.entry("transformer.ln_f", "output_norm"),
            Map.entry("gpt_neox.embed_in", "token_embd"),
            Map.entry("gpt_neox.final_layer_norm", "output_norm"),
            Map.entry("embed_out", "output"));

    private static final Map<String, String> LLAMA = Map.of(
            "self_attn.q_proj", "attn_q",
            "self_attn.k_proj", "attn_k",
            "self_attn.v_proj", "attn_v",
            "self_attn.o_proj", "attn_output",
            "input_layernorm", "attn_norm",
            "post_attention_layernorm", "ffn_norm",
            "mlp.gate_proj", "ffn_gate",
            "mlp.up_proj", "ffn_up",
            "mlp.down_proj", "ffn_down");

    private static final Map<String, String> QK_NORM =
            Map.of("self_attn.q_norm", "attn_q_norm", "self_attn.k_norm", "attn_k_norm");

    private static final Map<String, String> GPT2 = Map.of(
            "ln_1", "attn_norm",
            "attn.c_attn", "attn_qkv",
            "attn.c_proj", "attn_output",
            "ln_2", "ffn_norm",
            "mlp.c_fc", "ffn_up",
            "mlp.c_proj", "ffn_down");

    private static final Map<String, String> NEOX = Map.of(
            "attention.query_key_value", "attn_qkv",
            "attention.dense", "attn_output",
            "input_layernorm", "attn_norm",
            "post_attention_layernorm", "ffn_norm",
            "mlp.dense_h_to_4h", "ffn_up",
            "mlp.dense_4h_to_h", "ffn_down");

    private GgufNames() {}

    /** Norms behind the layers. */
    private static final Map<String, String> OLMO2 = Map.of(
            "post_attention_layernorm", "post_attention_norm",
            "post_feedforward_layernorm", "post_ffw_norm");

    /**
     * A tensor's name, with the same ending ".weight" or ".bias".
     *
     * @param architecture as llama.cpp calls it
     */
    static String of(String theirs, String architecture) {
        int dot = theirs.lastIndexOf('.');
        var stem = theirs.substring(0, dot);
        var ending = theirs.substring(dot);
        var parts = stem.split("\\.(?:layers|h)\\.(?=\\d)", 2);
        if (parts.length == 1) {
            return named(WHOLE, stem, theirs) + ending;
        }
        var inBlock = parts[1].split("\\.", 2);
        var names = parts[0].equals("gpt_neox") ? NEOX : parts[0].equals("transformer") ? GPT2 : LLAMA;
        boolean behind = architecture.equals("olmo2") && OLMO2.containsKey(inBlock[1]);
        var more = behind ? OLMO2 : QK_NORM.containsKey(inBlock[1]) ? QK_NORM : names;
        return "blk." + inBlock[0] + "." + named(more, inBlock[1], theirs) + ending;
    }

    private static String named(Map<String, String> names, String stem, String theirs) {
        if (!names.containsKey(stem)) {
            throw new IllegalArgumentException("llama.cpp has no tensor for " + theirs);
        }
        return names.get(stem);
    }

    /** A tensor as (out, in), whatever it is in their files. */
    static Tensor upright(Tensor theirs) {
        return theirs.transposed()
                ? new Tensor(theirs.name(), theirs.shape().reversed(), false, theirs.pieces())
                : theirs;
    }

    /** All queries, then all keys, then all values, where theirs has those of one head after the other. */
    static Tensor apart(Tensor theirs) {
        var order = theirs.pieces().stream().map(Piece::tensor).distinct().toList();
        var pieces = new ArrayList<>(theirs.pieces());
        pieces.sort(Comparator.comparingInt((Piece piece) -> order.indexOf(piece.tensor()))
                .thenComparingInt(Piece::from));
        return new Tensor(theirs.name(), theirs.shape(), theirs.transposed(), pieces);
    }

    /**
     * Rows of queries or keys such that the two that turn together are neighbours, as Llama's own files have them;
     * transformers has the first half of a head's pairs before the second.
     */
    static Tensor turned(Tensor theirs, int headSize) {
        var ours = theirs.pieces().getFirst().tensor();
        List<Piece> rows = IntStream.range(0, theirs.shape().getFirst())
                .mapToObj(row -> {
                    int within = row % headSize;
                    int from = row - within + within % 2 * (headSize / 2) + within / 2;
                    return new Piece(ours, from, 1);
                })
                .toList();
        return new Tensor(theirs.name(), theirs.shape(), false, rows);
    }
}
