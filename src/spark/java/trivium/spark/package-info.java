/** Sweeps on an Apache Spark cluster; built with Maven's profile "spark" only. Floor 7. */
package trivium.spark;
