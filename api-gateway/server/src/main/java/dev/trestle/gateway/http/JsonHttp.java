package dev.trestle.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.Nulls;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.TrestleException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Straight-line handlers on virtual threads: read a record, return a value. Unknown members,
 * duplicate keys, wrong types and trailing text are refused; every failure becomes a {@link
 * Problem}.
 */
public final class JsonHttp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JsonHttp.class);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
          .changeDefaultPropertyInclusion(
              included -> included.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  /** A value and its HTTP status. */
  public record Answer(int status, Object body) {
    public static Answer ok(Object body) {
      return new Answer(200, body);
    }

    public static Answer created(Object body) {
      return new Answer(201, body);
    }

    public static Answer accepted(Object body) {
      return new Answer(202, body);
    }
  }

  /** A handler that may block. */
  @FunctionalInterface
  public interface Work {
    Answer handle(RoutingContext request) throws Exception;
  }

  /** Answers {@code route} with what {@code work} returns. */
  public void serve(Route route, Work work) {
    route.handler(
        context ->
            run(() -> work.handle(context))
                .onSuccess(answer -> write(context, answer))
                .onFailure(failure -> fail(context, failure)));
  }

  /** The body as {@code type}. */
  public static <T> T body(RoutingContext context, Class<T> type) {
    String contentType = context.request().getHeader("Content-Type");
    if (contentType == null
        || !contentType.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new Problem(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
    }
    Buffer buffer = context.body().buffer();
    if (buffer == null || buffer.length() == 0) {
      throw new Problem(ProblemCode.MALFORMED_JSON, "the body is empty");
    }
    try {
      T body = JSON.readValue(buffer.getBytes(), type);
      if (body == null) {
        throw new Problem(ProblemCode.VALIDATION_FAILED, "/: null");
      }
      return body;
    } catch (DatabindException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, pointer(e) + ": " + reason(e));
    } catch (JacksonException e) {
      throw new Problem(ProblemCode.MALFORMED_JSON, e.getOriginalMessage());
    }
  }

  /** Where the wrong member is, as a JSON pointer; our class names are nobody's business. */
  private static String pointer(JacksonException e) {
    StringBuilder pointer = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      pointer.append('/').append(name == null ? Integer.toString(step.getIndex()) : name);
    }
    return pointer.isEmpty() ? "/" : pointer.toString();
  }

  private static String reason(DatabindException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown -> "unknown member";
      case InvalidFormatException form -> "the value has another form";
      default -> "missing, null or of another type";
    };
  }

  /** JSON that we wrote ourselves, or that another gateway shared. */
  public static <T> T read(String json, Class<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JacksonException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, e.getOriginalMessage());
    }
  }

  /** One line of JSON. */
  public static String write(Object value) {
    return JSON.writeValueAsString(value);
  }

  /** Writes any failure as a problem. */
  public static void fail(RoutingContext context, Throwable failure) {
    Problem problem = problem(context, failure);
    if (context.response().ended()) {
      return;
    }
    Map<String, Object> body =
        problem.toJson(String.valueOf(context.request().path()), requestId(context));
    context
        .response()
        .setStatusCode(problem.code().status())
        .putHeader("Content-Type", Problem.MEDIA_TYPE)
        .putHeader("Request-Id", requestId(context))
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(write(body));
  }

  /** What the caller may know; everything else goes to the log. */
  private static Problem problem(RoutingContext context, Throwable failure) {
    if (failure instanceof Problem known) {
      return known;
    }
    if (failure instanceof TrestleException known && known.code() instanceof ProblemCode code) {
      return new Problem(code, String.valueOf(known.getMessage()));
    }
    LOG.error(
        "request {} {} {} failed",
        requestId(context),
        context.request().method(),
        context.request().path(),
        failure);
    return failure instanceof AdapterException
        ? new Problem(ProblemCode.CHAIN_UNAVAILABLE, "the gateway's node does not answer")
        : new Problem(ProblemCode.INTERNAL, "see the log under the request id");
  }

  private static void write(RoutingContext context, Answer answer) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context
        .response()
        .setStatusCode(answer.status())
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Request-Id", requestId(context))
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(write(answer.body()));
  }

  private static String requestId(RoutingContext context) {
    String id = context.get("requestId");
    if (id == null) {
      id = java.util.UUID.randomUUID().toString();
      context.put("requestId", id);
    }
    return id;
  }

  private <T> Future<T> run(Callable<T> work) {
    io.vertx.core.Promise<T> promise = io.vertx.core.Promise.promise();
    workers.execute(
        () -> {
          T value;
          try {
            value = work.call();
          } catch (Throwable failure) { // an Error must not leave the caller waiting
            promise.fail(failure);
            return;
          }
          promise.complete(value);
        });
    return promise.future();
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
