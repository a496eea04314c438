/**
 * Models that exist: Hugging Face's folders in and out. A family of models is one class
 * ({@link trivium.pretrained.Family}); {@link trivium.pretrained.Families} lists them. Floor 5.
 */
package trivium.pretrained;
