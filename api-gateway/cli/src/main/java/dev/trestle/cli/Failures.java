package dev.trestle.cli;

import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Amount;
import dev.trestle.base.TrestleException;
import dev.trestle.sdk.HubException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns every failure into one clear line on stderr and a stable exit code. With {@code --json} the
 * line is a JSON object: {@code code} (stable), {@code detail} (for people) and {@code exit}.
 */
public final class Failures
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public static final int USAGE = 2;
  public static final int NOT_FOUND = 3;
  public static final int CONFLICT = 4;
  public static final int AUTH = 5;
  public static final int TIMEOUT = 6;
  public static final int UNHEALTHY = 7;
  public static final int VERIFICATION = 8;
  public static final int INTERNAL = 10;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    int code = exitCode(failure);
    tell(commandLine, parsed.originalArgs(), reason(failure), plain(failure), code);
    if (code == INTERNAL && System.getenv("TRESTLE_DEBUG") != null) {
      failure.printStackTrace(commandLine.getErr());
    }
    return code;
  }

  @Override
  public int handleParseException(CommandLine.ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String detail =
        oneLine(String.valueOf(wrong.getMessage()))
            + "; see "
            + command.getCommandSpec().qualifiedName()
            + " --help";
    tell(command, List.of(arguments), "usage", detail, USAGE);
    return USAGE;
  }

  private static void tell(
      CommandLine command, List<String> arguments, String reason, String detail, int exit) {
    String line = "trestle: " + reason + ": " + detail + " [exit " + exit + "]";
    if (arguments.contains("--json")) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("code", reason);
      json.put("detail", detail);
      json.put("exit", exit);
      line = JSON.writeValueAsString(json);
    }
    command.getErr().println(line);
  }

  private static int exitCode(Exception failure) {
    return switch (failure) {
      case CliException stop -> stop.exitCode();
      case java.io.UncheckedIOException file when file.getCause() != null ->
          exitCode(file.getCause());
      case java.nio.file.NoSuchFileException file -> NOT_FOUND;
      case java.io.UncheckedIOException file -> USAGE;
      case java.io.IOException file -> USAGE;
      case HubException hub -> exitCode(hub);
      case AdapterException adapter -> adapter.isTransient() ? UNHEALTHY : USAGE;
      case TrestleException trestle -> INTERNAL;
      case IllegalArgumentException wrong -> USAGE;
      case Amount.AmountOutOfRange wrong -> USAGE;
      default -> INTERNAL;
    };
  }

  private static int exitCode(HubException hub) {
    return switch (hub.code()) {
      case "timed-out" -> TIMEOUT;
      case "gateway-mismatch", "unsafe-terms", "unsafe-timelock", "proof-invalid" -> VERIFICATION;
      case "gateway-unreachable", "relay-no-quorum", "chain-unavailable" -> UNHEALTHY;
      default ->
          switch (hub.status()) {
            case 400, 405, 413, 415, 422 -> USAGE;
            case 401, 403 -> AUTH;
            case 404 -> NOT_FOUND;
            case 409, 410 -> CONFLICT;
            case 0 -> CONFLICT;
            case 429, 503 -> UNHEALTHY;
            default -> INTERNAL;
          };
    };
  }

  private static String reason(Exception failure) {
    return switch (failure) {
      case CliException stop -> stop.reason();
      case java.io.UncheckedIOException file when file.getCause() != null ->
          reason(file.getCause());
      case java.nio.file.NoSuchFileException file -> "no-such-file";
      case java.io.UncheckedIOException file -> "file";
      case java.io.IOException file -> "file";
      case HubException hub -> hub.code();
      case TrestleException trestle -> trestle.code().code();
      case IllegalArgumentException wrong -> "usage";
      case Amount.AmountOutOfRange wrong -> "amount-out-of-range";
      default -> "internal";
    };
  }

  private static String plain(Exception failure) {
    if (failure instanceof java.nio.file.NoSuchFileException file) {
      return file.getFile() + " does not exist";
    }
    if (failure instanceof java.nio.file.AccessDeniedException file) {
      return file.getFile() + " may not be read or written by this user";
    }
    if (failure instanceof java.io.UncheckedIOException file
        && file.getCause() instanceof java.nio.file.FileSystemException cause) {
      return plain(cause);
    }
    String message = oneLine(String.valueOf(failure.getMessage()));
    if (failure instanceof java.io.UncheckedIOException file && file.getCause() != null) {
      message += " (" + oneLine(String.valueOf(file.getCause().getMessage())) + ")";
    }
    String prefix = reason(failure) + ": ";
    return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
