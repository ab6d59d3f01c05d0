package dev.trestle.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine;

/** Answers paths with fixed JSON; the last answer of a path stays. */
final class FakeGateway implements AutoCloseable {
  private record Answer(int status, String json) {}

  private final HttpServer server;
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();

  FakeGateway() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          Deque<Answer> queue =
              answers.getOrDefault(exchange.getRequestURI().getPath(), new ArrayDeque<>());
          Answer answer = queue.size() > 1 ? queue.poll() : queue.peek();
          if (answer == null) {
            answer = new Answer(404, problem("not-found"));
          }
          byte[] body = answer.json().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  static String problem(String code) {
    return "{\"code\":\"" + code + "\",\"detail\":\"first line\\nsecond line\"}";
  }

  FakeGateway answer(String path, int status, String json) {
    answers.computeIfAbsent(path, key -> new ArrayDeque<>()).add(new Answer(status, json));
    return this;
  }

  /** What one run of the command line left. */
  record Run(int exit, String out, String err) {}

  Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--server";
    all[arguments.length + 1] = "http://127.0.0.1:" + server.getAddress().getPort();
    CommandLine line =
        TrestleCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Run(line.execute(all), out.toString(), err.toString());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
