package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.sdk.Api;
import io.vertx.ext.web.Route;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description and the code are one. */
final class OpenApiIT {
  private final SchemaCheck check = new SchemaCheck();

  @Test
  void describesExactlyTheRoutesThatAreServed() {
    TreeSet<String> described = new TreeSet<>();
    check
        .api()
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .propertyNames()
                    .forEach(method -> described.add(method + " " + path.getKey())));
    try (TestGateway gateway = new TestGateway();
        JsonHttp http = new JsonHttp()) {
      TreeSet<String> served = new TreeSet<>();
      for (Route route : GatewayServer.router(gateway.vertx(), gateway.hub, http).getRoutes()) {
        if (route.getPath() != null) {
          String path = route.getPath().replaceAll(":([a-z]+)", "{$1}");
          route
              .methods()
              .forEach(
                  method ->
                      served.add(method.name().toLowerCase(java.util.Locale.ROOT) + " " + path));
        }
      }
      assertThat(served).isEqualTo(described);
    }
  }

  @Test
  void recordsHaveTheMembersOfTheirSchemas() {
    int compared = 0;
    for (Class<?> type : Api.class.getDeclaredClasses()) {
      JsonNode schema = check.schema(type.getSimpleName());
      if (schema.isMissingNode()) {
        continue; // described inline where it is used
      }
      compared++;
      TreeSet<String> required = new TreeSet<>();
      schema.path("required").forEach(name -> required.add(name.asString()));
      TreeSet<String> members = new TreeSet<>();
      TreeSet<String> always = new TreeSet<>();
      Arrays.stream(type.getRecordComponents())
          .forEach(
              (RecordComponent component) -> {
                members.add(component.getName());
                if (component.getType() != Optional.class) {
                  always.add(component.getName());
                }
              });
      assertThat(members)
          .as(type.getSimpleName())
          .isEqualTo(new TreeSet<>(schema.path("properties").propertyNames()));
      assertThat(always).as(type.getSimpleName()).isEqualTo(required);
    }
    assertThat(compared).isGreaterThan(25);
  }

  @Test
  void theCheckFindsWhatItShould() {
    JsonNode good = TestGateway.JSON.readTree("{\"next\":\"a\",\"hasMore\":true}");
    assertThat(check.faults(check.schema("Page"), good)).isEmpty();
    for (String bad :
        new String[] {
          "{\"next\":\"a\"}", "{\"hasMore\":1}", "{\"hasMore\":true,\"other\":1}", "[]"
        }) {
      assertThat(check.faults(check.schema("Page"), TestGateway.JSON.readTree(bad)))
          .as(bad)
          .isNotEmpty();
    }
  }
}
