package org.plumbline.cli.terminal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.plumbline.core.error.AuditException;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Turns failures into one line on stderr and an exit code; a stack trace only when asked for. */
public final class Failures {
    private Failures() {}

    /** Prints why arguments do not fit; returns the exit code. */
    public static int usage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + oneLine(failure));
        err.println("see: " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCode.USAGE;
    }

    /** Prints one line about a failed command; returns the exit code. */
    public static int failure(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println("error: " + message(failure, command));
        if (verbose(parsed)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode(failure);
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof AuditException audit) {
            return ExitCode.of(audit.code());
        }
        if (failure instanceof StatusRuntimeException status) {
            return ExitCode.of(status.getStatus().getCode());
        }
        if (failure instanceof IllegalArgumentException || missing(failure)) {
            return ExitCode.BAD_INPUT;
        }
        return ExitCode.UNAVAILABLE;
    }

    private static String message(Exception failure, CommandLine command) {
        if (failure instanceof StatusRuntimeException answer) {
            return message(answer.getStatus(), command);
        }
        if (missing(failure)) {
            return "file: " + oneLine(cause(failure)) + " (expected: an existing file)";
        }
        if (failure instanceof AuditException || failure instanceof IllegalArgumentException) {
            return oneLine(failure);
        }
        Throwable cause = cause(failure);
        return cause.getClass().getSimpleName() + ": " + oneLine(cause);
    }

    /** Returns the address of option {@code --worker} and a separator, where the command has it. */
    private static String worker(CommandLine command) {
        OptionSpec option = command.getCommandSpec().findOption("--worker");
        return option == null || option.getValue() == null ? "" : option.getValue() + ": ";
    }

    private static String message(Status status, CommandLine command) {
        String reason = Optional.ofNullable(status.getDescription()).orElse("no reason given");
        String text = reason.lines().reduce((a, b) -> a + "; " + b).orElse(reason);
        return status.getCode() == Status.Code.UNAVAILABLE
                ? "worker: " + worker(command) + text + " (expected: a worker that answers)"
                : text;
    }

    private static boolean missing(Exception failure) {
        Throwable cause = cause(failure);
        return cause instanceof NoSuchFileException || cause instanceof FileNotFoundException;
    }

    private static Throwable cause(Exception failure) {
        if (failure instanceof UncheckedIOException wrapped) {
            return Optional.<Throwable>ofNullable(wrapped.getCause()).orElse(failure);
        }
        return failure;
    }

    private static String oneLine(Throwable failure) {
        String text = Optional.ofNullable(failure.getMessage()).orElse("no reason given");
        return text.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse(text);
    }

    private static boolean verbose(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last.hasMatchedOption("--verbose");
    }
}
