/** Tables of correction methods over biased data sets, each by one command. Uses quickstart. */
@NullMarked
package org.plumbline.cli.experiment;

import org.jspecify.annotations.NullMarked;
