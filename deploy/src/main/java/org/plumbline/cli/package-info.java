/** The command line: arguments to the calls of the other modules to a table or JSON. */
@NullMarked
package org.plumbline.cli;

import org.jspecify.annotations.NullMarked;
