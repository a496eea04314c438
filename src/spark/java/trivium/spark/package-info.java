/** Sweeps on an Apache Spark cluster; built with Maven's profile "spark" only. Floor 8. */
package trivium.spark;
