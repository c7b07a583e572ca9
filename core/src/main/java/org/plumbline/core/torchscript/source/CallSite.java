package org.plumbline.core.torchscript.source;

/**
 * A call {@code (receiver).method(arguments)} and its places in the text. Immutable.
 *
 * @param receiver local name of the module called
 * @param method token of the method's name
 * @param start first character of the call
 * @param argumentsStart first character after the opening bracket
 * @param argumentsEnd the closing bracket
 * @param end one past the closing bracket
 */
public record CallSite(
        String receiver, Token method, int start, int argumentsStart, int argumentsEnd, int end) {}
