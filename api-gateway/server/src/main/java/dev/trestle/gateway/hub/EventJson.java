package dev.trestle.gateway.hub;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.LedgerEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON view of ledger events: each component by its name, numbers of value as strings. */
public final class EventJson {
  private EventJson() {}

  /** Dotted lower-case type of an event, for example {@code deposit.credited}. */
  public static String type(LedgerEvent event) {
    return event.name().replaceAll("([a-z])([A-Z])", "$1.$2").toLowerCase(java.util.Locale.ROOT);
  }

  public static Map<String, Object> data(LedgerEvent event) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        json.put(component.getName(), value(component.getAccessor().invoke(event)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("an event is a public record", e);
      }
    }
    return json;
  }

  private static Object value(Object raw) {
    return switch (raw) {
      case Hash32 hash -> hash.toHex();
      case Bytes bytes -> bytes.toHex();
      case Amount amount -> amount.toString();
      case Integer number -> number;
      case Long number -> number;
      case Boolean flag -> flag;
      case Enum<?> constant -> constant.name().toLowerCase(java.util.Locale.ROOT);
      case Object other -> other.toString();
    };
  }
}
