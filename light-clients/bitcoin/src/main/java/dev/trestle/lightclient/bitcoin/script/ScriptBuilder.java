package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.ByteArrayOutputStream;

/** Writes a script with the shortest form of every push, as the MINIMALDATA rule wants it. */
public final class ScriptBuilder {
  /** Largest element that may be pushed, in bytes. */
  public static final int MAX_ELEMENT = 520;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  /**
   * @param opcode of {@link Opcode}; not a push with data
   */
  public ScriptBuilder op(int opcode) {
    if (opcode < 0 || opcode > 0xff || (opcode > 0 && opcode <= Opcode.OP_PUSHDATA4)) {
      throw new IllegalArgumentException("data is pushed with push()");
    }
    out.write(opcode);
    return this;
  }

  public ScriptBuilder push(Hash32 data) {
    return push(data.bytes());
  }

  public ScriptBuilder push(Bytes data) {
    int size = data.size();
    if (size > MAX_ELEMENT) {
      throw new IllegalArgumentException("an element has at most 520 bytes, not " + size);
    }
    if (size == 0) {
      out.write(Opcode.OP_0);
      return this;
    }
    if (size == 1 && data.at(0) >= 1 && data.at(0) <= 16) {
      out.write(Opcode.OP_1 + data.at(0) - 1);
      return this;
    }
    if (size == 1 && data.at(0) == 0x81) {
      out.write(Opcode.OP_1NEGATE);
      return this;
    }
    if (size > 0xff) {
      out.write(Opcode.OP_PUSHDATA2);
      out.write(size);
      out.write(size >>> 8);
    } else {
      if (size >= Opcode.OP_PUSHDATA1) {
        out.write(Opcode.OP_PUSHDATA1);
      }
      out.write(size);
    }
    out.writeBytes(data.toArray());
    return this;
  }

  /** Pushes a non-negative script number: little-endian, shortest, top bit is the sign. */
  public ScriptBuilder number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("only numbers from 0 on are written");
    }
    ByteArrayOutputStream number = new ByteArrayOutputStream(8);
    long rest = value;
    int last = 0;
    while (rest > 0) {
      last = (int) (rest & 0xff);
      number.write(last);
      rest >>>= 8;
    }
    if ((last & 0x80) != 0) {
      number.write(0);
    }
    return push(Bytes.wrap(number.toByteArray()));
  }

  public Bytes build() {
    return Bytes.wrap(out.toByteArray());
  }
}
