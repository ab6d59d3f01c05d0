package dev.trestle.dist.command;

import dev.trestle.base.TrestleException;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code node status}: asks a running node over its JSON-RPC where it stands. */
@Command(
    name = "status",
    description = {
      "Where a running node stands, and why it does not go on if it does not.",
      "Exit code 7 when it is not reached, not ready, or a validator that does not vote."
    })
final class NodeStatusCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String REQUEST =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"relay_status\",\"params\":[]}";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Parameters(paramLabel = "DIR", arity = "0..1", description = "The node's folder.")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--url", description = "Or where its JSON-RPC is, http://127.0.0.1:PORT.")
  private Optional<URI> url = Optional.empty();

  @Option(names = "--json", description = "Write the node's own JSON answer.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  private static URI fromConfig(Path file) {
    int port;
    try {
      port = NodeConfigFile.load(file).rpcPort();
    } catch (TrestleException e) {
      throw NodeCommand.refused(e);
    }
    if (port == 0) {
      throw new CliException(
          "bad-config", Failures.USAGE, "rpcPort is 0, any free port: give --url");
    }
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public Integer call() throws InterruptedException {
    JsonNode status =
        ask(
            NodeCommand.either(
                spec, "DIR or --url", folder.map(dir -> fromConfig(NodeFolder.config(dir))), url));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JSON.writeValueAsString(status));
    } else {
      StatusText.lines(status).forEach(out::println);
    }
    out.flush();
    boolean well = status.path("ready").asBoolean(false) && !status.has("silent");
    return well ? 0 : Failures.UNHEALTHY;
  }

  private static JsonNode ask(URI address) throws InterruptedException {
    String unreachable = "no node answers at " + address;
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(address.resolve("/"))
                  .timeout(PATIENCE)
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode result = JSON.readTree(response.body()).path("result");
      if (response.statusCode() != 200 || !result.isObject()) {
        throw new CliException("unreachable", Failures.UNHEALTHY, unreachable);
      }
      return result;
    } catch (IOException | JacksonException e) {
      throw new CliException("unreachable", Failures.UNHEALTHY, unreachable);
    } catch (IllegalArgumentException e) {
      throw new CliException("usage", Failures.USAGE, "not an http address: " + address);
    }
  }
}
