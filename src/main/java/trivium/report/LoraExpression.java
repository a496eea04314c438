package trivium.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import trivium.model.Lora;

/** The source that makes an adapter's settings: {@code Lora.rank(16).alpha(8.0).targets("attention.q")}. */
final class LoraExpression {

    private LoraExpression() {}

    static Optional<String> of(Lora lora, Set<String> imports) {
        imports.add(Lora.class.getName());
        var usual = Lora.rank(lora.rank());
        var source = new StringBuilder("Lora.rank(" + lora.rank() + ")");
        call("alpha", usual.alpha(), lora.alpha(), source);
        call("dropout", usual.dropout(), lora.dropout(), source);
        call("useRslora", usual.useRslora(), lora.useRslora(), source);
        call("useDora", usual.useDora(), lora.useDora(), source);
        var parts = usual.parts();
        call("targets", parts.targets(), lora.parts().targets(), source);
        call("rankPattern", parts.rankPattern(), lora.parts().rankPattern(), source);
        call("alphaPattern", parts.alphaPattern(), lora.parts().alphaPattern(), source);
        call("modulesToSave", parts.modulesToSave(), lora.parts().modulesToSave(), source);
        call("trainableTokens", parts.trainableTokens(), lora.parts().trainableTokens(), source);
        return Optional.of(source.toString());
    }

    private static void call(String name, Object usual, Object value, StringBuilder source) {
        if (!value.equals(usual)) {
            var arguments = value instanceof List<?> several ? several : List.of(value);
            source.append(
                    "." + name + "(" + Expression.arguments(arguments, Set.of()).orElseThrow() + ")");
        }
    }
}
