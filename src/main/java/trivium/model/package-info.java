/** Language models: the architectures, their parameters and their files. Floor 1. */
package trivium.model;
