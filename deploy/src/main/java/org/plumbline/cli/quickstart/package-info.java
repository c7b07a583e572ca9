/** The whole loop on Fashion-MNIST, unattended: data, two processes, traffic, repair, report. */
@NullMarked
package org.plumbline.cli.quickstart;

import org.jspecify.annotations.NullMarked;
