package io.pointsman.backends.discovery;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Finds a replica at each address that the name service knows a host by, as it knows the pods of a
/// headless service. Immutable.
///
/// A host with addresses of both families most likely has two for each replica: the family of the
/// first one counts.
///
/// @param baseUrl whose host is asked about; its scheme, port and path are all replicas'
/// @param names the name service
public record DnsDiscovery(URI baseUrl, Names names) implements Discovery {

    /// A name service.
    @FunctionalInterface
    public interface Names {

        /// The addresses of `host` as they are now, not as they were cached.
        ///
        /// @throws IOException if they cannot be told or there are none
        List<InetAddress> lookUp(String host) throws IOException;
    }

    @Override
    public List<Address> find() throws IOException {
        var found = names.lookUp(baseUrl.getHost());
        if (found.isEmpty()) {
            throw new IOException("host " + baseUrl.getHost() + " has no address");
        }
        if (found.size() > MOST) {
            throw new IOException(
                    "host " + baseUrl.getHost() + " has more than " + MOST + " addresses");
        }
        boolean six = found.getFirst() instanceof Inet6Address;
        var addresses = new ArrayList<Address>();
        for (var address : new LinkedHashSet<>(found)) {
            if (address instanceof Inet6Address == six) {
                addresses.add(address(address));
            }
        }
        addresses.sort(Comparator.comparing(Address::label));
        return addresses;
    }

    private Address address(InetAddress address) {
        var text = address.getHostAddress();
        int zone = text.indexOf('%');
        var host =
                address instanceof Inet6Address
                        ? '[' + (zone < 0 ? text : text.substring(0, zone)) + ']'
                        : text;
        return new Address(host + ':' + Address.port(baseUrl), baseUrl, Optional.of(address));
    }
}
