package dev.trestle.cli;

import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the light clients say, without a hub. */
@Command(
    name = "light-client",
    description = "Run the light clients on files of test vectors.",
    subcommands = {LightClientCommand.Verify.class})
final class LightClientCommand {
  private LightClientCommand() {}

  /**
   * One line a case on stdout; what does not match, and the counts, on stderr. Exit 0 when every
   * case matches what its file expects, 8 when one does not.
   */
  @Command(
      name = "verify",
      description = {
        "Judge files or folders of test vectors of any light-client family: one line a case,",
        "'ok CODE' or 'rejected CODE reason', or one JSON object a case with --json.",
        "Exit 8 when a case does not match what its file expects, or a file cannot be read."
      })
  static final class Verify extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or folders.")
    private List<Path> paths = List.of();

    @Option(names = "--verbose", description = "Put file and case before each line.")
    private boolean verbose;

    private final Map<String, Integer> cases = new TreeMap<>();
    private int mismatches;

    @Override
    public Integer call() throws IOException {
      List<VectorFormat> formats =
          ServiceLoader.load(VectorFormat.class).stream().map(ServiceLoader.Provider::get).toList();
      VectorFolder folder =
          new VectorFolder(
              new VectorVerifier(formats),
              this::tell,
              path -> output().note("skipped: " + path + ": of no known family"));
      for (Path path : paths) {
        folder.judge(path);
      }
      if (cases.isEmpty()) {
        throw new CliException("no-vectors", Failures.NOT_FOUND, "no file of vectors there");
      }
      cases.forEach((family, count) -> output().note(family + ": " + count + " cases"));
      output().note(mismatches == 0 ? "all match" : mismatches + " do not match");
      return mismatches == 0 ? 0 : Failures.VERIFICATION;
    }

    private void tell(CaseResult result) {
      cases.merge(result.family().isEmpty() ? "unknown" : result.family(), 1, Integer::sum);
      String place = result.file() + ": " + result.name() + ": ";
      output().show(json(result), (verbose ? place : "") + result.actual());
      if (!result.match()) {
        mismatches++;
        output()
            .note(
                "mismatch: "
                    + place
                    + "expected "
                    + result.expected()
                    + ", not "
                    + result.actual());
      }
    }

    private static Map<String, Object> json(CaseResult result) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("file", result.file());
      out.put("case", result.name());
      out.put("family", result.family());
      out.put("expected", result.expected().toString());
      out.put("actual", result.actual().accepted() ? "ok" : "rejected " + result.actual().code());
      out.put("code", result.actual().code());
      out.put("reason", result.actual().reason());
      out.put("match", result.match());
      return out;
    }
  }
}
