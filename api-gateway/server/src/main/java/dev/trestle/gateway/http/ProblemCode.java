package dev.trestle.gateway.http;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Every error that the API gives, with its HTTP status. The code is the last part of the problem's
 * {@code type} and never changes its meaning.
 */
public enum ProblemCode implements ReasonCode {
  MALFORMED_JSON(400, "The body is not JSON"),
  MALFORMED_REQUEST(400, "The request is not HTTP"),
  IDEMPOTENCY_KEY_MISSING(400, "The header Idempotency-Key is missing"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  VERSION_CONFLICT(409, "It is not in the state for this"),
  ROUTE_UNAVAILABLE(409, "No route can carry this now"),
  CHAIN_UNAVAILABLE(409, "The chain takes no new work now"),
  HASH_REUSED(409, "The hash was used before"),
  ALREADY_EXECUTED(409, "It was done already"),
  QUOTE_EXPIRED(410, "The quote has expired"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "Send application/json"),
  VALIDATION_FAILED(422, "A field is wrong"),
  INVALID_ADDRESS(422, "The address is wrong for this chain"),
  AMOUNT_OUT_OF_RANGE(422, "The amount is out of range"),
  UNSAFE_TIMELOCK(422, "The timelocks are unsafe"),
  UNKNOWN_CHAIN(422, "The chain is not registered"),
  UNKNOWN_ROUTE(422, "The route is not registered"),
  INVALID_SIGNATURE(422, "The signature is wrong"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for something else"),
  TRANSACTION_REJECTED(422, "The relay chain refuses the transaction"),
  PROOF_INVALID(422, "The proof is wrong"),
  RATE_LIMITED(429, "Too many requests"),
  INTERNAL(500, "Something is broken on our side"),
  RELAY_NO_QUORUM(503, "The relay chain makes no blocks now"),
  NODE_STOPPED(503, "This gateway's node of the relay chain has stopped");

  private final int status;
  private final String title;

  ProblemCode(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** One line for people, the same for every occurrence. */
  public String title() {
    return title;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
