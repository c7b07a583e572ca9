/** Tests of the command line. */
@NullMarked
package org.plumbline.cli.quickstart;

import org.jspecify.annotations.NullMarked;
