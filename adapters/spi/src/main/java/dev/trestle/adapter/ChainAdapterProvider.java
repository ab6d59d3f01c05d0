package dev.trestle.adapter;

/** Makes adapters of one kind. Found by {@link java.util.ServiceLoader}. */
public interface ChainAdapterProvider {
  AdapterDescriptor descriptor();

  /**
   * @throws AdapterException with {@link AdapterError#BAD_CONFIG} when the configuration is wrong;
   *     nothing is opened yet
   */
  ChainAdapter create(AdapterContext context, ChainConfig config);
}
