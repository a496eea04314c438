package trivium.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** Variables of a block; what is not among them is looked for in the block around it. */
final class Scope {

    private final Scope around;
    private final Map<String, Object> variables = new HashMap<>();

    Scope(Scope around) {
        this.around = around;
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    Object get(String name) {
        for (var scope = this; scope != null; scope = scope.around) {
            var value = scope.variables.get(name);
            if (value != null || scope.variables.containsKey(name)) {
                return value;
            }
        }
        return new Undefined("\"" + name + "\" is not defined");
    }
}
