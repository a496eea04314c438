package trivium.text.jinja;

import java.util.List;

/**
 * The keys, values or items of a dictionary.
 *
 * @param type dict_keys, dict_values or dict_items
 */
record View(String type, List<Object> items) {}
