package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * Names a component: {@code u8 version = 1 | id 32 | u8 group | u32 index}. What stands there is
 * the component as Corda serialised it.
 *
 * @param id of a transaction that the client keeps
 * @param group ordinal of its {@link ComponentGroup}; a later Corda may have more
 * @param index in the group
 */
public record ComponentPath(Hash32 id, int group, long index) {
  /**
   * @throws DecodeException if it is no path
   */
  public static ComponentPath decode(Bytes encoded) {
    return Messages.decode(encoded, in -> new ComponentPath(in.hash(), in.u8(), in.u32()));
  }

  public Bytes encode() {
    return Messages.begin().hash(id).u8(group).u32(index).toBytes();
  }
}
