package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import trivium.model.Transformer;
import trivium.pretrained.TensorMap.Piece;

/**
 * A model that scores, as transformers' class for sequences has it ({@code LlamaForSequenceClassification} and its
 * like): one label, whose score is read at the last token that is no padding.
 */
final class ScoreHead {

    private static final String LABEL = "LABEL_0";

    private ScoreHead() {}

    /** The body's tensors, and the head's. */
    static List<TensorMap.Tensor> tensors(Family family, Transformer model) {
        var shape = model.architecture();
        var tensors = new ArrayList<>(
                family.tensors(shape.tiedHead(true), model.vocabulary()).tensors());
        tensors.add(new TensorMap.Tensor(
                PeftFolder.SCORE + ".weight",
                List.of(1, shape.width()),
                false,
                List.of(new Piece("head.weight", 0, 1))));
        return tensors;
    }

    /**
     * Says so in a config.json.
     *
     * @param padding id of the token that stands behind shorter texts, which transformers has to know
     */
    static void describe(JsonObject json, Family family, OptionalInt padding) {
        var classes = new JsonArray();
        classes.add(new JsonPrimitive(
                family.className().replaceFirst("(LMHeadModel|ForCausalLM)$", "ForSequenceClassification")));
        json.add("architectures", classes);
        var names = new JsonObject();
        names.addProperty("0", LABEL);
        json.add("id2label", names);
        var ids = new JsonObject();
        ids.addProperty(LABEL, 0);
        json.add("label2id", ids);
        json.addProperty("problem_type", "regression");
        if (padding.isPresent()) {
            json.addProperty("pad_token_id", padding.getAsInt());
        }
    }
}
