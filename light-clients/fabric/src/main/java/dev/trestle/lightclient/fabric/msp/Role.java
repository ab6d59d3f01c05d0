package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.DecodeException;
import java.util.Arrays;

/** {@code msp.MSPRole.MSPRoleType}. */
public enum Role {
  MEMBER(0),
  ADMIN(1),
  CLIENT(2),
  PEER(3),
  ORDERER(4);

  private final long number;

  Role(long number) {
    this.number = number;
  }

  /**
   * @param number as protobuf encodes it
   * @throws DecodeException if there is no such role
   */
  static Role of(long number) {
    return Arrays.stream(values())
        .filter(each -> each.number == number)
        .findFirst()
        .orElseThrow(() -> new DecodeException("role " + number));
  }

  /** As protobuf encodes it. */
  public long number() {
    return number;
  }
}
