@NullMarked
package org.plumbline.cli.experiment;

import org.jspecify.annotations.NullMarked;
