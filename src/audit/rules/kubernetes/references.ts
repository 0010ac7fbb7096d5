/** Sources that several rules cite. */
export const K8S = {
  service: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  ingress: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  networkPolicies: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  secrets: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  secretPractices: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  podSecurity: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  rbacPractices: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  volumes: 'https://kubernetes.io/docs/concepts/storage/volumes/',
} as const;
