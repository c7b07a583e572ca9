@NullMarked
package org.plumbline.cli.terminal;

import org.jspecify.annotations.NullMarked;
