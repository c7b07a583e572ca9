/** Tests of the command line. */
@NullMarked
package org.plumbline.cli.bench;

import org.jspecify.annotations.NullMarked;
