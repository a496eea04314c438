package trivium.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.model.JsonFields;

/**
 * What a training was looked at for faults with, and what was found.
 *
 * @param probes numbers measured before the first step, by name ({@link Probe})
 * @param findings in the order in which they were seen
 */
public record Checkup(Map<String, Double> probes, List<Finding> findings) {

    /** Nothing was looked at, as in runs of earlier versions. */
    public static final Checkup NONE = new Checkup(Map.of(), List.of());

    public Checkup {
        probes = Collections.unmodifiableMap(new LinkedHashMap<>(probes));
        findings = List.copyOf(findings);
    }

    /** With one more finding. */
    Checkup with(Finding finding) {
        var more = new ArrayList<>(findings);
        more.add(finding);
        return new Checkup(probes, more);
    }

    /** As a card's file has it. */
    static Checkup read(JsonFields json) {
        var probes = new LinkedHashMap<String, Double>();
        var numbers = json.object("probes");
        numbers.names().forEach(name -> probes.put(name, numbers.number(name)));
        return new Checkup(
                probes,
                json.objects("findings").stream()
                        .map(finding -> new Finding(
                                finding.text("name"), finding.whole("step"), symptom(finding.object("symptom"))))
                        .toList());
    }

    private static Symptom symptom(JsonFields json) {
        return new Symptom(json.text("seen"), json.text("means"), json.text("attempt"));
    }
}
