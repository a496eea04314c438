package trivium.run;

/**
 * One thing that is wrong with a training, as its {@link Checkup} says it and as its card keeps it.
 *
 * @param name of the {@link Fault}, such as "loss-diverges"
 * @param step after which it was seen for the first time; 0 before the first step
 * @param symptom what was seen, what it usually means, and what to try
 */
public record Finding(String name, long step, Symptom symptom) {

    /** Name, step and all three parts, in one line. */
    public String text() {
        return name + (step == 0 ? ", before the first step: " : ", after step " + step + ": ") + symptom;
    }

    @Override
    public String toString() {
        return text();
    }
}
